// SPDX-License-Identifier: MIT

// A driver with the package gorilla/websocket. WSCONFORM_URL says where; the argument is the agent's
// name. permessage-deflate is off and messages may be of any size: both are defaults of the package.
package main

import (
	"fmt"
	"log"
	"net/url"
	"os"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

var base = "ws://127.0.0.1:9001"

func open(path string) (*websocket.Conn, error) {
	connection, _, err := websocket.DefaultDialer.Dial(base+path, nil)
	return connection, err
}

// ask returns the message of a connection that the suite closes, or nothing if there is none.
func ask(path string) string {
	connection, err := open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	_, message, _ := connection.ReadMessage()
	return string(message)
}

func run(path string) {
	connection, err := open(path)
	if err != nil {
		return // the case may well be about that
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
	agent := "gorilla"
	if len(os.Args) > 1 {
		agent = os.Args[1]
	}
	agent = url.QueryEscape(agent)
	if place := os.Getenv("WSCONFORM_URL"); place != "" {
		base = place
	}
	count, err := strconv.Atoi(ask("/getCaseCount"))
	if err != nil {
		log.Fatal(err)
	}
	for number := 1; number <= count; number++ {
		run(fmt.Sprintf("/runCase?case=%d&agent=%s", number, agent))
	}
	ask("/updateReports?agent=" + agent)
}
