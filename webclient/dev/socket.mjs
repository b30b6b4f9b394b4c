// The server's side of a WebSocket (RFC 6455) for the mock: text frames only,
// as much as the desk needs.
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Accepts an upgrade. Calls ontext(text) and onclose(). */
export function accept(request, socket) {
  const key = createHash("sha1").update(request.headers["sec-websocket-key"] + GUID).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  const peer = { ontext: () => {}, onclose: () => {}, send, close };
  let rest = Buffer.alloc(0);
  let parts = [];

  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let frame = take(); frame; frame = take()) handle(frame);
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => peer.onclose());
  return peer;

  function take() {
    if (rest.length < 2) return null;
    let length = rest[1] & 127;
    let at = 2;
    if (length === 126) [length, at] = rest.length < 4 ? [Infinity, 4] : [rest.readUInt16BE(2), 4];
    else if (length === 127) [length, at] = rest.length < 10 ? [Infinity, 10] : [Number(rest.readBigUInt64BE(2)), 10];
    if (rest.length < at + 4 + length) return null;
    const mask = rest.subarray(at, at + 4);
    const body = Buffer.from(rest.subarray(at + 4, at + 4 + length));
    for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
    const frame = { last: (rest[0] & 128) !== 0, code: rest[0] & 15, body };
    rest = rest.subarray(at + 4 + length);
    return frame;
  }

  function handle({ last, code, body }) {
    if (code === 8) return close(1000);
    if (code === 9) return write(10, body);
    if (code > 2) return;
    parts.push(body);
    if (!last) return;
    const text = Buffer.concat(parts).toString("utf8");
    parts = [];
    peer.ontext(text);
  }

  function send(text) {
    write(1, Buffer.from(text));
  }

  function close(status) {
    const body = Buffer.alloc(2);
    body.writeUInt16BE(status);
    write(8, body);
    socket.end();
  }

  function write(code, body) {
    if (socket.destroyed || !socket.writable) return;
    const head = body.length < 126 ? Buffer.from([128 | code, body.length]) : Buffer.from([128 | code, 126, body.length >> 8, body.length & 255]);
    if (body.length > 65535) throw new Error("a frame over 64 KB is not needed here");
    socket.write(Buffer.concat([head, body]));
  }
}
