// The cryptography of the page. The npm client's is sodium-javascript in browsers, which lacks one thing (0.8.0):
// crypto_scalarmult_ed25519_noclamp. Without that noise-curve-ed cannot make a handshake, and the secret key could not
// stay in the page. It comes from @noble/curves here; build.mjs gives this file to whoever asks for sodium-universal.
const { ed25519 } = require('@noble/curves/ed25519.js')
const { bytesToNumberLE } = require('@noble/curves/utils.js')
const sodium = require('sodium-javascript')

const { Point } = ed25519

module.exports = {
  ...sodium,
  crypto_scalarmult_ed25519_BYTES: 32,
  crypto_scalarmult_ed25519_SCALARBYTES: 32,
  crypto_scalarmult_ed25519_noclamp
}

/** As libsodium's: points outside of the group of prime order, and those that give nothing, are refused. */
function crypto_scalarmult_ed25519_noclamp (output, scalar, publicKey) {
  const point = Point.fromBytes(publicKey)
  if (point.isSmallOrder() || !point.isTorsionFree()) throw new Error('not a public key of Ed25519')
  output.set(point.multiply(Point.Fn.create(bytesToNumberLE(scalar))).toBytes())
}
