// SPDX-License-Identifier: MIT

// gorilla-echo [--port N] [--host ADDRESS] is an echo server with the package gorilla/websocket.
// permessage-deflate is off and messages may be of any size: both are defaults of the package.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func echo(w http.ResponseWriter, r *http.Request) {
	connection, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it was answered
	}
	defer connection.Close()
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		// The package leaves it to the application to look at text.
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			body := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "")
			connection.WriteControl(websocket.CloseMessage, body, time.Now().Add(time.Second))
			return
		}
		if connection.WriteMessage(kind, message) != nil {
			return
		}
	}
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "9001"
	}
	flag.StringVar(&port, "port", port, "")
	host := flag.String("host", "127.0.0.1", "")
	flag.Parse()
	http.HandleFunc("/", echo)
	log.Fatal(http.ListenAndServe(net.JoinHostPort(*host, port), nil))
}
