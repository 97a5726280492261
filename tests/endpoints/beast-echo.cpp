// SPDX-License-Identifier: MIT
// beast-echo [--port N] [--host ADDRESS] - an echo server with Boost.Beast, a thread a connection.
// Build: c++ -std=c++17 -pthread beast-echo.cpp
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

namespace beast = boost::beast;
using boost::asio::ip::tcp;

static constexpr std::size_t message_max = 64 << 20; // the default is 16 MiB

static void echo(tcp::socket socket)
{
    // permessage-deflate is off by default.
    beast::websocket::stream<tcp::socket> stream(std::move(socket));
    stream.read_message_max(message_max);
    stream.next_layer().set_option(tcp::no_delay(true));
    beast::error_code error;
    stream.accept(error);
    while (!error) {
        beast::flat_buffer buffer;
        stream.read(buffer, error);
        if (error)
            break; // what there was to answer, the library has answered
        stream.text(stream.got_text());
        stream.write(buffer.data(), error);
    }
}

int main(int argc, char **argv)
{
    const char *port = std::getenv("PORT");
    std::string host = "127.0.0.1";
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::string(argv[i]) == "--port")
            port = argv[i + 1];
        else if (std::string(argv[i]) == "--host")
            host = argv[i + 1];
    }
    boost::asio::io_context context;
    const auto number = static_cast<unsigned short>(std::atoi(port != nullptr ? port : "9001"));
    tcp::acceptor acceptor(context, {boost::asio::ip::make_address(host), number});
    for (;;)
        std::thread(echo, acceptor.accept()).detach();
}
