/* SPDX-License-Identifier: MIT */
/* bench-rounds PORT COUNT CONCURRENT - connects COUNT times to a WebSocket echo server on
 * 127.0.0.1, CONCURRENT at a time, and does the least that a test of it could do: the handshake, a
 * message and its echo, the closing handshake. Prints the seconds that it took. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONCURRENT_MAX = 256, ANSWER_MAX = 4096, HEAD_END = 4 };

struct worker {
    pthread_t thread;
    unsigned port;
    unsigned long rounds;
};

static void die(const char *what)
{
    fprintf(stderr, "bench-rounds: %s\n", what);
    exit(1);
}

static void send_all(int fd, const void *data, size_t len)
{
    const char *from = data;
    while (len > 0) {
        ssize_t done = send(fd, from, len, 0);
        if (done <= 0)
            die("cannot send");
        from += done;
        len -= (size_t)done;
    }
}

static void read_exactly(int fd, uint8_t *to, size_t len)
{
    while (len > 0) {
        ssize_t done = recv(fd, to, len, 0);
        if (done <= 0)
            die("the connection ends too early");
        to += done;
        len -= (size_t)done;
    }
}

static void read_head(int fd)
{
    char answer[ANSWER_MAX + 1];
    size_t len = 0;
    do {
        ssize_t done = recv(fd, answer + len, ANSWER_MAX - len, 0);
        if (done <= 0)
            die("no answer to the handshake");
        len += (size_t)done;
        answer[len] = '\0';
    } while (len < ANSWER_MAX && strstr(answer, "\r\n\r\n") == NULL);
    if (strncmp(answer, "HTTP/1.1 101 ", 13) != 0)
        die("the handshake was refused");
}

static int open_connection(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        die("cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static void do_round(unsigned port)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    /* A masking key of zeros leaves the payload as it is. */
    static const uint8_t text[] = {0x81, 0x85, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
    static const uint8_t close_frame[] = {0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8};
    uint8_t frame[7];
    int fd = open_connection(port);
    send_all(fd, request, sizeof(request) - 1);
    read_head(fd);
    send_all(fd, text, sizeof(text));
    read_exactly(fd, frame, sizeof(frame));
    if (memcmp(frame + 2, "hello", 5) != 0)
        die("what came back is no echo");
    send_all(fd, close_frame, sizeof(close_frame));
    read_exactly(fd, frame, 4);
    while (recv(fd, frame, sizeof(frame), 0) > 0)
        continue;
    close(fd);
}

static void *work(void *context)
{
    struct worker *worker = context;
    for (unsigned long i = 0; i < worker->rounds; i++)
        do_round(worker->port);
    return NULL;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static struct worker workers[CONCURRENT_MAX];
    if (argc != 4)
        die("PORT COUNT CONCURRENT are needed");
    unsigned port = (unsigned)strtoul(argv[1], NULL, 10);
    unsigned long count = strtoul(argv[2], NULL, 10);
    unsigned long concurrent = strtoul(argv[3], NULL, 10);
    if (concurrent < 1 || concurrent > CONCURRENT_MAX)
        die("CONCURRENT goes from 1 to 256");
    double start = now();
    for (unsigned long i = 0; i < concurrent; i++) {
        workers[i].port = port;
        workers[i].rounds = count / concurrent + (i < count % concurrent);
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            die("cannot start a thread");
    }
    for (unsigned long i = 0; i < concurrent; i++)
        pthread_join(workers[i].thread, NULL);
    printf("%.6f\n", now() - start);
    return 0;
}
