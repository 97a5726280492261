// SPDX-License-Identifier: MIT

import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.logging.LogManager;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsContextListener;

/**
 * TomcatEcho [--port N] [--host ADDRESS]: an echo server with Tomcat, which takes permessage-deflate
 * by itself.
 */
public final class TomcatEcho extends Endpoint {
    /** The default is 8 KiB. Each connection reserves as much, so it is not larger. */
    private static final int MESSAGE_MAX = 1 << 18;

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        // Not lambdas: Tomcat reads the type of the message from the class.
        session.addMessageHandler(new MessageHandler.Whole<String>() {
            @Override
            public void onMessage(String message) {
                try {
                    session.getBasicRemote().sendText(message);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        session.addMessageHandler(new MessageHandler.Whole<ByteBuffer>() {
            @Override
            public void onMessage(ByteBuffer message) {
                try {
                    session.getBasicRemote().sendBinary(message);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    /** Runs when the application starts: only then is there a container of endpoints. */
    public static final class Listener extends WsContextListener {
        @Override
        public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
            super.contextInitialized(event);
            ServerContainer container = (ServerContainer) event.getServletContext()
                    .getAttribute(ServerContainer.class.getName());
            container.setDefaultMaxTextMessageBufferSize(MESSAGE_MAX);
            container.setDefaultMaxBinaryMessageBufferSize(MESSAGE_MAX);
            try {
                container.addEndpoint(
                        ServerEndpointConfig.Builder.create(TomcatEcho.class, "/{path}").build());
                container.addEndpoint(
                        ServerEndpointConfig.Builder.create(TomcatEcho.class, "/").build());
            } catch (DeploymentException e) {
                throw new IllegalStateException(e);
            }
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
        LogManager.getLogManager().reset();
        String folder = Files.createTempDirectory("tomcat-echo").toString();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder);
        Connector connector = new Connector();
        connector.setPort(Integer.parseInt(port));
        connector.setProperty("address", host);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", folder);
        context.addApplicationListener(Listener.class.getName());
        // Endpoints are found by a filter, and filters run only before a servlet. It answers what is
        // no handshake.
        Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet")
                .addMapping("/");
        tomcat.start();
        tomcat.getServer().await();
    }
}
