// What the streams of a custodial npm client lack of those of a direct node, though programs use it. Whatever the
// relay does, without these the client is in the way; @hyperswarm/dht-relay 0.4.3, lib/stream.js, class Stream:
//
// userData       Protomux keeps a stream's one muxer there, but only where it finds null (protomux/index.js, the
//                constructor). Here it is undefined, so each Protomux.from() puts another muxer on the same bytes.
// sendKeepAlive  Hyperswarm calls it when both ends have dialled each other (hyperswarm/index.js,
//                _handleServerConnection). There is only _sendKeepAlive, and what is thrown ends the whole session.
//
// A noncustodial client gives out secret streams, which have both.

/** Gives a stream what it lacks. */
export function mend (stream) {
  if (stream.userData === undefined) stream.userData = null
  stream.sendKeepAlive ??= stream._sendKeepAlive
  return stream
}

/** Mends all streams of a client, from now on. */
export function mendStreamsOf (client) {
  const { connect, createServer } = client
  client.connect = (...args) => mend(connect.apply(client, args))
  client.createServer = (...args) => createServer.apply(client, args).prependListener('connection', mend)
  return client
}
