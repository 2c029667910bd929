import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NGINX = '/usr/sbin/nginx';
const START_MS = 10_000;

/** What nginx made of the bytes of one connection: `METHOD target length` for each request it accepted. */
export interface NginxView {
  readonly requests: readonly string[];
  /** It answered 4xx/5xx by itself: it understood no further request. */
  readonly hasRefused: boolean;
}

/** nginx as a further reader of the bytes that an origin gets: it answers each request with what it understood. */
export class NginxReader {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #socketPath: string;

  private constructor(child: ChildProcess, folder: string, socketPath: string) {
    this.#child = child;
    this.#folder = folder;
    this.#socketPath = socketPath;
  }

  /** Null, with a printed reason, where nginx isn't installed. */
  static async start(): Promise<NginxReader | null> {
    if (!existsSync(NGINX)) {
      console.log(`skipped: ${NGINX} is not installed, so that only two readers compare`);
      return null;
    }
    const folder = mkdtempSync(join(tmpdir(), 'phalanx-nginx-'));
    const socketPath = join(folder, 'http.sock');
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, socketPath));
    const child = spawn(NGINX, ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
    const reader = new NginxReader(child, folder, socketPath);
    const end = performance.now() + START_MS;
    while (!existsSync(socketPath) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    return reader;
  }

  /** Reads all bytes of one connection. */
  async read(bytes: Buffer): Promise<NginxView> {
    const socket = connect(this.#socketPath);
    const text = await answersOf(socket, bytes);
    const requests = [...text.matchAll(/\r\nSeen: ([^\r\n]*)\r\n/g)].map((match) => match[1] ?? '');
    return { requests, hasRefused: /(?:^|\n)HTTP\/1\.1 [45]\d\d /.test(text) };
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function answersOf(socket: Socket, bytes: Buffer): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  socket.end(bytes);
  await closed;
  return text;
}

function configuration(folder: string, socketPath: string): string {
  return `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log crit;
events { worker_connections 256; }
http {
  access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u;
  scgi_temp_path ${folder}/s; lingering_close off; keepalive_requests 100000; default_type text/plain; client_max_body_size 0; merge_slashes off;
  underscores_in_headers on; ignore_invalid_headers on; large_client_header_buffers 8 64k;
  server { listen unix:${socketPath}; add_header Seen "$request_method $request_uri"; location / { return 200; } }
}
`;
}
