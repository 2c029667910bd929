const READ_BYTES = 65_536;

/**
 * Where all plain sockets of the process read into. What stands in it is lent for the time of one call: whoever keeps some of it copies it.
 * A new buffer for every read would cost more than copying the few hundred bytes that most reads bring.
 */
export const readBuffer: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);
