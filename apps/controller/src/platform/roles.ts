import { AppError } from '@phalanx/kit';

/**
 * What a process does: `api` answers REST and console, `ingress` takes messages of boxes, `worker` takes jobs.
 * Any number of processes may have each.
 */
const PROGRAM_ROLES = ['api', 'ingress', 'worker'] as const;
export type ProgramRole = (typeof PROGRAM_ROLES)[number];

/** The roles of this process, for injection. */
export class Roles {
  constructor(private readonly held: readonly ProgramRole[]) {}

  has(role: ProgramRole): boolean {
    return this.held.includes(role);
  }

  static parse(text: string): Roles {
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.filter((name) => !PROGRAM_ROLES.some((role) => role === name));
    if (unknown.length > 0)
      throw new AppError('invalid', 'config.roles', `unknown role ${unknown.join(', ')}; known are ${PROGRAM_ROLES.join(', ')}`);
    return new Roles(names as ProgramRole[]);
  }
}
