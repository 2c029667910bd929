import { detached } from '@phalanx/kit';
import { Entry } from './entry.js';
import type { KnownSubjects } from './known-subjects.js';

/** Headers whose values a client sends again and again. */
const STEADY_HEADERS: ReadonlySet<string> = new Set([
  ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'cache-control', 'connection', 'content-type', 'dnt', 'host'],
  ...['origin', 'pragma', 'sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform', 'sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site'],
  ...['sec-fetch-user', 'te', 'upgrade-insecure-requests', 'user-agent', 'x-forwarded-proto', 'x-requested-with'],
]);

const MAX_NAMES = 1024;
/** Longer names are too seldom the same twice to be kept. */
const MAX_NAME_LENGTH = 64;

/** A header's name as one client writes it. */
interface KnownHeader {
  readonly name: string;
  readonly key: string;
  readonly isSteady: boolean;
  /** With the value that came last, where that comes again and again. */
  last: Entry | null;
}

/** Names of request headers that came before, with what is known of them. Bounded: when there are too many, all begin anew. */
export class KnownHeaders {
  readonly #subjects: KnownSubjects;
  #headers = new Map<string, KnownHeader>();

  constructor(subjects: KnownSubjects) {
    this.#subjects = subjects;
  }

  entry(name: string, value: string): Entry {
    const header = this.#headers.get(name) ?? this.#add(name);
    if (!header.isSteady) return new Entry(header.name, value, header.key);
    if (header.last !== null && header.last.text === value) return header.last;
    const entry = new Entry(header.name, this.#subjects.subject(value), header.key);
    if (entry.subject.answers !== null) header.last = entry;
    return entry;
  }

  #add(text: string): KnownHeader {
    const name = detached(text);
    const key = name.toLowerCase();
    const header = { name, key, isSteady: STEADY_HEADERS.has(key), last: null };
    if (name.length > MAX_NAME_LENGTH) return header;
    if (this.#headers.size >= MAX_NAMES) this.#headers = new Map();
    this.#headers.set(name, header);
    return header;
  }
}
