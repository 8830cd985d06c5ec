// Bytes are hexadecimal in the JSON of the agent.

export function hexKeyPair (keyPair) {
  if (!keyPair) return null
  return { publicKey: keyPair.publicKey.toString('hex'), secretKey: keyPair.secretKey.toString('hex') }
}

export function unhex (text) {
  return text === null || Buffer.isBuffer(text) ? text : Buffer.from(text, 'hex')
}

/** The same object with its values as bytes. */
export function unhexAll (object) {
  return Object.fromEntries(Object.entries(object).map(([name, text]) => [name, unhex(text)]))
}
