import { Socket } from 'node:net'
import { afterAll } from '@jest/globals'

/*
 * Unit tests reach no network: any attempt to connect fails by name. The prototype is the worker's own, which tests of other kinds may
 * be given next, so it is put back.
 */
const connect = Socket.prototype.connect
Socket.prototype.connect = function refuse(): never {
  throw new Error('a unit test tried to reach the network')
}
afterAll(() => {
  Socket.prototype.connect = connect
})
