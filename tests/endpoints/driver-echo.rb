#!/usr/bin/env ruby
# SPDX-License-Identifier: MIT
# driver-echo.rb [--port N] [--host ADDRESS] - an echo server with the gem websocket-driver, a
# thread a connection. Messages may have 64 MiB: the default of the gem.

require 'optparse'
require 'socket'
require 'websocket/driver'

# What the driver wants of a socket: `write`.
class Connection
  def initialize(socket)
    @socket = socket
    @driver = WebSocket::Driver.server(socket)
    @driver.on(:connect) { answer }
    @driver.on(:message) { |event| echo(event.data) }
    @driver.on(:close) { @socket.close }
  end

  def serve
    @driver.parse(@socket.readpartial(65_536)) until @socket.closed?
  ensure
    @socket.close
  end

  private

  def answer
    return @driver.start if WebSocket::Driver.websocket?(@driver.env)

    @socket.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    @socket.close
  end

  # Text is handed out as a String, the octets of anything else as an Array.
  def echo(data)
    data.is_a?(String) ? @driver.text(data) : @driver.binary(data)
  end
end

host = '127.0.0.1'
port = Integer(ENV.fetch('PORT', '9001'))
OptionParser.new do |options|
  options.on('--port N', Integer) { |value| port = value }
  options.on('--host ADDRESS') { |value| host = value }
end.parse!
server = TCPServer.new(host, port)
Signal.trap('TERM') { exit! }
loop do
  socket = server.accept
  Thread.new do
    # The driver raises at some requests; that ends the connection and not the program.
    Thread.current.report_on_exception = false
    Connection.new(socket).serve
  end
end
