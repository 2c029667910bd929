import { connect, type Socket } from 'node:net';
import { AnswerReader } from './answer-reader.js';

/** What a server made of a request. */
export interface RawAnswer {
  /** 0 when the server closed the connection without an answer. */
  readonly status: number;
  readonly ms: number;
}

/** A client that sends bytes as they are, one request after the other. It keeps its connection while the server does. */
export class RawClient {
  readonly #port: number;
  readonly #deadlineMs: number;
  #socket: Socket | null = null;

  constructor(port: number, deadlineMs = 30_000) {
    this.#port = port;
    this.#deadlineMs = deadlineMs;
  }

  /** Rejects when nothing is to be heard until the deadline, and when a connection can't be made. */
  async send(request: Buffer): Promise<RawAnswer> {
    const socket = this.#socket ?? (await this.#connected());
    this.#socket = socket;
    const reader = new AnswerReader(/^\w+/.exec(request.toString('latin1', 0, 16))?.[0] ?? '');
    const startedMs = performance.now();
    const isComplete = await this.#exchange(socket, request, reader);
    if (!isComplete || reader.isClosing) this.close();
    return { status: reader.status || 0, ms: performance.now() - startedMs };
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #connected(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        // A reset is an end without an answer; 'close' follows.
        socket.on('error', () => undefined);
        resolve(socket);
      });
    });
  }

  /** False when the connection ended first. */
  #exchange(socket: Socket, request: Buffer, reader: AnswerReader): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(() => reject(new Error(`no answer within ${this.#deadlineMs} ms`))), this.#deadlineMs);
      const done = (settle: () => void): void => {
        clearTimeout(timer);
        socket.off('data', onData).off('close', onClose);
        settle();
      };
      const onData = (bytes: Buffer): void => {
        if (reader.push(bytes)) done(() => resolve(true));
      };
      const onClose = (): void => done(() => resolve(false));
      socket.on('data', onData).on('close', onClose);
      if (socket.destroyed) return onClose();
      socket.write(request);
    });
  }
}
