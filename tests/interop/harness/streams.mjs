// Small things about streams.
import { createCipheriv, createHash } from 'node:crypto'

/** Bytes that look random and are the same for the same seed. */
export function bytes (length, seed = length) {
  const key = createHash('md5').update(String(seed)).digest()
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}

export function sha256 (data) {
  return createHash('sha256').update(data).digest('hex')
}

/** All messages until the stream's end, each as its length and hash. */
export async function readMessages (stream) {
  const messages = []
  await readToEnd(stream, message => messages.push(describeMessage(message)))
  return messages
}

export function describeMessage (message) {
  return `${message.length} ${sha256(message)}`
}

/** All bytes until the stream's end: how many, and their hash. */
export async function digest (stream) {
  const hash = createHash('sha256')
  let length = 0
  await readToEnd(stream, message => {
    length += message.length
    hash.update(message)
  })
  return { length, sha256: hash.digest('hex') }
}

// A loop over the stream would wait for both directions to end.
function readToEnd (stream, onmessage) {
  return new Promise((resolve, reject) => {
    stream.on('data', onmessage)
    stream.once('end', resolve)
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('closed before its end')))
  })
}

/** Writes, and waits while the stream is full. */
export async function write (stream, data) {
  if (stream.write(data)) return
  await new Promise((resolve, reject) => {
    const settle = () => {
      stream.off('drain', settle).off('close', closed)
      resolve()
    }
    const closed = () => {
      stream.off('drain', settle)
      reject(new Error('closed while writing'))
    }
    stream.once('drain', settle).once('close', closed)
  })
}

/** Writes `bytes(length)` in chunks, and ends. */
export async function writeAll (stream, length) {
  const data = bytes(length)
  const chunk = 64 * 1024
  for (let start = 0; start < length; start += chunk) await write(stream, data.subarray(start, start + chunk))
  stream.end()
}
