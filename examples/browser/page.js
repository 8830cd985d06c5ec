// What the page shows, and what its buttons do. Its address can ask for things too, after the #, with & between:
// connect=KEY, listen, custody=custodial (else noncustodial).
import { parseKey, Peers, toHex } from './peers.js'
import { openNode, relayAddress } from './relayed-node.js'

const element = id => document.getElementById(id)
const wishes = new URLSearchParams(location.hash.slice(1))
const peers = new Peers()

// The other custody is another node, with another key.
const custody = element('custody').elements.custody
custody.value = wishes.get('custody') === 'custodial' ? 'custodial' : 'noncustodial'
element('custody').addEventListener('change', () => {
  wishes.set('custody', custody.value)
  location.hash = wishes
  location.reload()
})

peers.addEventListener('join', ({ detail }) => note(`connected to ${shorten(detail.key)}`))
peers.addEventListener('message', ({ detail }) => write('theirs', `${shorten(detail.key)}: ${detail.text}`))
peers.addEventListener('leave', ({ detail }) => note(`${shorten(detail.key)} is gone. ${detail.text ?? ''}`))

element('relay').value = `connecting to ${relayAddress()}`
const opening = openNode({
  custodial: custody.value === 'custodial',
  onclose: () => { element('relay').value = 'gone; reload the page to try again' }
})
opening.then(({ defaultKeyPair }) => {
  element('relay').value = `connected to ${relayAddress()}`
  element('own-key').value = toHex(defaultKeyPair.publicKey)
})

onSubmit('connect', () => connect(element('key').value))
onSubmit('listen', listen)
onSubmit('say', say)
if (wishes.has('connect')) connect(element('key').value = wishes.get('connect'))
if (wishes.has('listen')) listen()

async function connect (text) {
  const key = parseKey(text)
  if (!key) return note('A public key has 64 hexadecimal digits.')
  note(`connecting to ${shorten(toHex(key))}`)
  peers.add((await opening).connect(key))
}

async function listen () {
  element('listen').querySelector('button').disabled = true
  const server = (await opening).createServer(connection => peers.add(connection))
  await server.listen()
  const link = element('invitation').querySelector('a')
  link.href = `#connect=${toHex(server.publicKey)}`
  element('invitation').hidden = false
  note('others can connect now')
}

function say () {
  const text = element('text').value
  if (text === '') return
  if (peers.size === 0) return note('Nobody is connected.')
  peers.say(text)
  write('mine', text)
  element('text').value = ''
}

function onSubmit (id, act) {
  element(id).addEventListener('submit', event => {
    event.preventDefault()
    act()
  })
}

function shorten (key) {
  return `${key.slice(0, 8)}…`
}

function note (text) {
  write('event', text)
}

function write (className, text) {
  const line = document.createElement('li')
  line.className = className
  line.textContent = text
  element('log').append(line)
}
