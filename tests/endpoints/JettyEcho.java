// SPDX-License-Identifier: MIT

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.log.Log;
import org.eclipse.jetty.util.log.StdErrLog;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

/**
 * JettyEcho [--port N] [--host ADDRESS]: an echo server with Jetty, which takes permessage-deflate by
 * itself.
 */
public final class JettyEcho extends WebSocketAdapter {
    private static final int MESSAGE_MAX = 64 << 20; // the default is 64 KiB

    @Override
    public void onWebSocketText(String message) {
        try {
            getRemote().sendString(message);
        } catch (IOException e) {
            getSession().close();
        }
    }

    @Override
    public void onWebSocketBinary(byte[] octets, int offset, int length) {
        try {
            getRemote().sendBytes(ByteBuffer.wrap(octets, offset, length));
        } catch (IOException e) {
            getSession().close();
        }
    }

    private static final class Handler extends WebSocketHandler {
        @Override
        public void configure(WebSocketServletFactory factory) {
            factory.getPolicy().setMaxTextMessageSize(MESSAGE_MAX);
            factory.getPolicy().setMaxBinaryMessageSize(MESSAGE_MAX);
            factory.register(JettyEcho.class);
        }
    }

    public static void main(String[] args) throws Exception {
        String port = System.getenv().getOrDefault("PORT", "9001");
        String host = "127.0.0.1";
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (args[i].equals("--port"))
                port = args[i + 1];
            else if (args[i].equals("--host"))
                host = args[i + 1];
        }
        StdErrLog quiet = new StdErrLog();
        quiet.setLevel(StdErrLog.LEVEL_OFF);
        Log.setLog(quiet);
        Server server = new Server(new InetSocketAddress(host, Integer.parseInt(port)));
        server.setHandler(new Handler());
        server.start();
        server.join();
    }
}
