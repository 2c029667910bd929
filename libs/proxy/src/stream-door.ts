/** A write that the kernel didn't take at once: Node's own object, which tells when it is done. */
export interface PendingWrite {
  oncomplete: (status: number) => void;
}

/** What a plain TCP socket of Node is inside. Its methods give 0, or what went wrong as a negative number. */
export interface StreamHandle {
  onread: (this: StreamHandle, bytes: ArrayBuffer | undefined) => unknown;
  writeLatin1String(request: PendingWrite, text: string): number;
}

interface StreamWrap {
  readonly WriteWrap: new () => PendingWrite;
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** Node's streams of bytes below its sockets. */
export interface StreamDoor {
  readonly newWrite: () => PendingWrite;
  /** Whether the write that was just begun is not done yet. */
  readonly isWriting: () => boolean;
  /** Bytes of the read in hand; an error, or the end, as a negative number. */
  readonly bytesRead: () => number;
}

/** Null where this version of Node has no such door: then all goes the long way. */
export const streamDoor: StreamDoor | null = openDoor();

function openDoor(): StreamDoor | null {
  const { binding } = process as unknown as { readonly binding?: (name: string) => Partial<StreamWrap> };
  const { WriteWrap, streamBaseState: state, kReadBytesOrError: read, kLastWriteWasAsync: isAsync } = binding?.('stream_wrap') ?? {};
  if (WriteWrap === undefined || state === undefined || read === undefined || isAsync === undefined) return null;
  return { newWrite: () => new WriteWrap(), isWriting: () => state[isAsync] !== 0, bytesRead: () => state[read] ?? 0 };
}

/** What is inside a socket; null for sockets of other kinds, and for those that are closed. */
export function handleOf(socket: object): StreamHandle | null {
  const handle = (socket as { readonly _handle?: Partial<StreamHandle> | null })._handle;
  return handle?.constructor.name === 'TCP' && typeof handle.writeLatin1String === 'function' ? (handle as StreamHandle) : null;
}

/**
 * Hands what a socket reads into `bytes` straight to `onBytes`, which was given to it as its own reader too: that still hears of it where there
 * is no such door. Errors and the end go the socket's way.
 */
export function readStraight(socket: object, onBytes: (length: number) => void): void {
  const handle = handleOf(socket);
  if (streamDoor === null || handle === null) return;
  const { bytesRead } = streamDoor;
  const { onread } = handle;
  handle.onread = function (bytes) {
    const length = bytesRead();
    if (length <= 0) return onread.call(this, bytes);
    onBytes(length);
    return undefined;
  };
}
