import { spawnSync } from 'node:child_process';
import { constants, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { AppError } from '@phalanx/kit';

/** Makes the fifo if it is not there, and opens it so that it neither blocks nor ends when its writer goes. */
function openAnew(path: string): number {
  for (let attempt = 0; ; attempt++) {
    const made = spawnSync('mkfifo', ['-m', '0600', path], { stdio: 'ignore', timeout: 5_000 });
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    if (fstatSync(fd).isFIFO()) return fd;
    rmSync(path, { force: true });
    if (attempt > 0) throw new AppError('unavailable', 'ha.no-fifo', `${path} can't be made a fifo: ${made.error?.message ?? made.status}`);
  }
}

/** What lies in a fifo that nobody has read for a while. */
function drain(fd: number): void {
  const chunk = Buffer.alloc(4096);
  try {
    while (readSync(fd, chunk) > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}

/** Reads a fifo line by line from now on. */
export function openFifo(path: string, onLine: (line: string) => void): { close(): void } {
  const fd = openAnew(path);
  drain(fd);
  const socket = new Socket({ fd, readable: true, writable: false });
  let rest = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  return { close: () => socket.destroy() };
}
