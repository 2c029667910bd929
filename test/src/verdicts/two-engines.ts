import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { modSecurityRole, originRole } from '../peers/nginx-config.js';
import { type CrsFolder, writeRuleSet } from '../peers/rule-set.js';
import { type Server, startEngine, startNginx } from '../peers/servers.js';
import type { Workbench } from '../peers/workbench.js';
import { CASE_HEADER } from './verdict-case.js';

/** Both engines before one origin, and where each says which rules matched. */
export interface TwoEngines {
  readonly engine: Server;
  readonly modSecurity: Server;
  readonly engineAudit: string;
  readonly modSecurityAudit: string;
}

/** Every transaction, as JSON, with its request headers and messages. */
const AUDIT = ['SecAuditEngine On', 'SecAuditLogFormat JSON', 'SecAuditLogParts ABHZ'];

/** Starts both with the same pack, blocking, at a paranoia level. */
export async function startTwoEngines(bench: Workbench, crs: CrsFolder, paranoiaLevel: number): Promise<TwoEngines> {
  const origin = await startNginx(bench, 'origin', originRole('<p>A calm page.'));
  const modSecurityAudit = join(bench.folder, 'modsecurity-audit.json');
  const engineAudit = join(bench.folder, 'audit.ndjson');
  const rules = (name: string, forModSecurity: boolean): string => {
    const folder = join(bench.folder, name);
    mkdirSync(folder);
    return writeRuleSet(folder, { crs, forModSecurity, paranoiaLevel, auditFile: modSecurityAudit, more: AUDIT }).file;
  };
  const modSecurity = await startNginx(bench, 'modsecurity', modSecurityRole(origin.port, rules('modsecurity-rules', true)));
  const engine = await startEngine(bench, 'engine', {
    originPort: origin.port,
    rulesFile: rules('engine-rules', false),
    auditFile: engineAudit,
    auditHeaders: [CASE_HEADER],
  });
  return { engine, modSecurity, engineAudit, modSecurityAudit };
}
