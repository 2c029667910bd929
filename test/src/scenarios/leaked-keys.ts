import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asOwner } from '../e2e/database.js';

interface Needle {
  readonly what: string;
  readonly bytes: Buffer;
}

/** How PKCS #8 and SEC 1 private keys begin, in DER. */
const KEY_BEGINNINGS: Readonly<Record<string, string>> = {
  'a P-256 key (PKCS #8)': '308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420',
  'an Ed25519 key (PKCS #8)': '302e020100300506032b657004220420',
  'an RSA key (PKCS #8)': '020100300d06092a864886f70d0101010500048',
};

/** A key's secret in the forms in which it might lie somewhere: raw, hex and base64 as in PEM. */
function formsOf(what: string, der: Buffer): Needle[] {
  const base64 = der.toString('base64');
  // Whole groups of three bytes, so that what follows does not change the text.
  const part = base64.slice(0, Math.floor(der.length / 3) * 4).slice(0, 64);
  return [
    { what: `${what}, raw`, bytes: der },
    { what: `${what}, in hex`, bytes: Buffer.from(der.toString('hex')) },
    { what: `${what}, in base64`, bytes: Buffer.from(part) },
  ];
}

/** Looks for private keys in plaintext: these ones, and anything that begins as one. */
export class KeyScanner {
  private readonly needles: readonly Needle[];

  constructor(keys: Readonly<Record<string, string>>, secrets: Readonly<Record<string, Buffer>>) {
    const known = Object.entries(keys).flatMap(([what, pem]) => {
      const key = createPrivateKey(pem);
      const scalar = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
      return [...formsOf(what, key.export({ type: 'pkcs8', format: 'der' })), ...formsOf(`${what} (its scalar)`, scalar)];
    });
    const raw = Object.entries(secrets).flatMap(([what, bytes]) => formsOf(what, bytes));
    const begun = Object.entries(KEY_BEGINNINGS).flatMap(([what, hex]) => formsOf(what, Buffer.from(hex.slice(0, hex.length & ~1), 'hex')));
    const words = ['PRIVATE KEY-----', Buffer.from('PRIVATE KEY-----').toString('hex')];
    this.needles = [...known, ...raw, ...begun, ...words.map((word) => ({ what: word, bytes: Buffer.from(word) }))];
  }

  /** What was found there, by name; empty when nothing was. */
  scan(bytes: Buffer): string[] {
    return this.needles.filter((needle) => bytes.includes(needle.bytes)).map((needle) => needle.what);
  }
}

/** All files below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

/** Every row of every table as text, table by table; what binary columns hold is in hex. */
export async function dumpTables(databaseUrl: string, take: (table: string, text: Buffer, rows: number) => void): Promise<void> {
  await asOwner(databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ schema: string; name: string }>(
      `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2`,
    );
    for (const { schema, name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from "${schema}"."${name}" t`);
      take(name, Buffer.from(rows.map(({ row }) => row).join('\n')), rows.length);
    }
  });
}

export function readAll(paths: readonly string[]): Buffer {
  return Buffer.concat(paths.map((path) => readFileSync(path)));
}
