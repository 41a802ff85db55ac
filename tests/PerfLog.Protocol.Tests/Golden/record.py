#!/usr/bin/env python3
"""Records what a client and a broker say to each other: a TCP proxy that writes whole frames as golden vectors.

    record.py LISTEN_PORT BROKER_PORT OUTPUT "client and version"

The broker must advertise the proxy's port (advertised.listeners), so that the client stays on it. One line a frame:
the client's name, REQ or RESP, api key and version, the frame's bytes without its length.
"""
import socket
import struct
import sys
import threading

listen_port, broker_port, output, client_name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
lock = threading.Lock()


def record(kind, key, version, frame):
    with lock, open(output, "a") as file:
        file.write(f"{client_name} {kind} key={key} v={version} {frame.hex()}\n")


def receive(stream, count):
    data = b""
    while len(data) < count:
        part = stream.recv(count - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data


def pump(source, target, on_frame):
    try:
        while True:
            size = receive(source, 4)
            frame = receive(source, struct.unpack(">i", size)[0])
            on_frame(frame)
            target.sendall(size + frame)
    except OSError:
        for stream in (source, target):
            try:
                stream.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(client):
    broker = socket.create_connection(("127.0.0.1", broker_port))
    asked = {}

    def on_request(frame):
        key, version, correlation = struct.unpack(">hhi", frame[:8])
        asked[correlation] = (key, version)
        record("REQ", key, version, frame)

    def on_response(frame):
        key, version = asked.pop(struct.unpack(">i", frame[:4])[0])
        record("RESP", key, version, frame)

    threading.Thread(target=pump, args=(client, broker, on_request), daemon=True).start()
    pump(broker, client, on_response)


listener = socket.create_server(("127.0.0.1", listen_port))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
