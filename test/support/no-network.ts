import { Socket } from 'node:net'

/** Unit tests reach no network: any attempt to connect fails by name. */
Socket.prototype.connect = function connect(): never {
  throw new Error('a unit test tried to reach the network')
}
