import { get } from './engine-process.js';

/** At most `limit` requests of an address in `seconds`, as rules say it. */
export function limitRules(limit: number, seconds: number): string {
  return `SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+1"
SecRule IP:COUNT "@eq 1" "id:2,phase:1,pass,nolog,expirevar:ip.count=${seconds}"
SecRule IP:COUNT "@gt ${limit}" "id:3,phase:1,deny,status:429,nolog"`;
}

/** A number of requests on a connection each, several at a time. */
export class Flood {
  /** Answers by status; 0 for a connection that broke. */
  readonly statuses = new Map<number, number>();
  answered = 0;
  readonly ended: Promise<unknown>;
  #left: number;

  constructor(port: number, requests: number) {
    this.#left = requests;
    this.ended = Promise.all(Array.from({ length: 12 }, () => this.#run(port)));
  }

  count(status: number): number {
    return this.statuses.get(status) ?? 0;
  }

  async #run(port: number): Promise<void> {
    while (this.#left-- > 0) {
      const status = await get(port, '/').then(
        (seen) => seen.status,
        () => 0,
      );
      this.statuses.set(status, this.count(status) + 1);
      this.answered++;
    }
  }
}

/** Sends so many requests, and counts the answers when all have come. */
export async function flood(port: number, requests: number): Promise<Flood> {
  const sent = new Flood(port, requests);
  await sent.ended;
  return sent;
}
