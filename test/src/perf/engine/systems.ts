import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modSecurityRole, originRole, proxyRole } from '../../peers/nginx-config.js';
import { crs4, writeRuleSet } from '../../peers/rule-set.js';
import { type Server, startEngine, startNginx } from '../../peers/servers.js';
import type { Workbench } from '../../peers/workbench.js';
import { ATTACK_HEADER } from '../requests/attacks.js';

/** The servers that are compared. `uninspected` is the engine without rules: what is above it is inspection. */
export interface Systems {
  readonly plain: Server | null;
  readonly modSecurity: Server | null;
  readonly engine: Server;
  readonly uninspected: Server;
  /** The engine's audit file. */
  readonly audit: string;
  /** Lines of CRS that ModSecurity's copy goes without. */
  readonly leftOut: readonly string[];
}

/** Cores of the servers under test, and of client and origin; none where there is only one. */
export interface Cores {
  readonly tested?: number;
  readonly client?: number;
}

/** About 1 kB of harmless page. */
const PAGE = `<!doctype html><title>Shop</title><p>${'A calm page about lanterns and teapots. '.repeat(24)}</p>`;

/** Starts an origin and, before it, the servers that are compared, with the same CRS 4.25.1: blocking, paranoia level 1. */
export async function startSystems(bench: Workbench, cores: Cores, isEngineOnly: boolean): Promise<Systems> {
  const origin = await startNginx(bench, 'origin', originRole(PAGE), cores.client);
  const rules = (name: string, forModSecurity: boolean) => {
    const folder = join(bench.folder, name);
    mkdirSync(folder);
    return writeRuleSet(folder, { crs: crs4(), forModSecurity, auditFile: join(folder, 'modsecurity-audit.log') });
  };
  const audit = join(bench.folder, 'audit.ndjson');
  const role = { originPort: origin.port, auditHeaders: [ATTACK_HEADER] };
  const noRules = join(bench.folder, 'no-rules.conf');
  writeFileSync(noRules, 'SecRuleEngine Off\nSecRequestBodyAccess Off\nSecResponseBodyAccess Off\n');
  const inspected = { ...role, rulesFile: rules('engine-rules', false).file, auditFile: audit };
  const uninspected = { ...role, rulesFile: noRules, auditFile: join(bench.folder, 'uninspected.ndjson') };
  const forModSecurity = rules('modsecurity-rules', true);
  return {
    plain: isEngineOnly ? null : await startNginx(bench, 'plain', proxyRole(origin.port), cores.tested),
    modSecurity: isEngineOnly
      ? null
      : await startNginx(bench, 'modsecurity', modSecurityRole(origin.port, forModSecurity.file), cores.tested),
    engine: await startEngine(bench, 'engine', inspected, cores.tested),
    uninspected: await startEngine(bench, 'uninspected', uninspected, cores.tested),
    audit,
    leftOut: forModSecurity.leftOut,
  };
}
