import { join } from 'node:path';
import { AppError, type Disk, nodeDisk } from '@phalanx/kit';
import { z } from 'zod';
import type { CliEnvironment } from '../cli.config.js';

const credentialsSchema = z.strictObject({ url: z.url(), token: z.string().min(1), tokenId: z.string(), username: z.string() });
export type Credentials = z.infer<typeof credentialsSchema>;

/** The stored login: one file, readable by its owner alone. */
export class CredentialStore {
  private readonly path: string;

  constructor(
    private readonly folder: string,
    private readonly disk: Disk = nodeDisk,
  ) {
    this.path = join(folder, 'credentials.json');
  }

  read(): Credentials | null {
    const bytes = this.disk.read(this.path);
    if (!bytes) return null;
    try {
      return credentialsSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (cause) {
      throw new AppError('invalid', 'cli.bad-credentials', `${this.path} is not usable; sign in again with: phalanxctl login`, { cause });
    }
  }

  write(credentials: Credentials): void {
    this.disk.makeFolder(this.folder);
    this.disk.replace(this.path, `${JSON.stringify(credentials, null, 2)}\n`, 0o600);
  }

  forget(): void {
    if (this.disk.read(this.path)) this.disk.remove(this.path);
  }
}

/** Who calls and where: from the environment, else from the stored login. Throws when neither says. */
export function resolveLogin(environment: CliEnvironment, store: CredentialStore): { url: string; token: string } {
  if (environment.url && environment.token) return { url: environment.url, token: environment.token };
  const stored = store.read();
  const url = environment.url ?? stored?.url;
  const token = environment.token ?? stored?.token;
  if (!url || !token)
    throw new AppError('unauthenticated', 'cli.no-login', 'not signed in; run: phalanxctl login --url https://your-controller');
  return { url, token };
}
