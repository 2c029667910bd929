import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram, Child } from '@phalanx/testing';
import { AuditTrail } from './audit-trail.js';
import type { CrsFiles } from './crs-layout.js';

/** The request field that carries the mark of a test. */
export const MARKER_HEADER = 'X-CRS-Test';

const START_DEADLINE_MS = 60_000;

/**
 * The set-up that the tests' README asks for (its rule 900005), for CRS 4 and, where that calls things otherwise, CRS 3. Two things are added: the
 * detection level, which CRS 4 takes from the blocking level only where nobody sets it; and `crs_xml_attr_inspect`, because rule 901181 takes the
 * attributes of XML out of all rules where it isn't 1, and some eighty tests look for attacks in attributes.
 */
const TEST_SETUP = `SecRequestBodyAccess On
SecResponseBodyAccess On
SecAction "id:900005,phase:1,nolog,pass,\\
  ctl:ruleEngine=DetectionOnly,ctl:ruleRemoveById=910000,\\
  setvar:tx.blocking_paranoia_level=4,setvar:tx.detection_paranoia_level=4,\\
  setvar:tx.paranoia_level=4,setvar:tx.executing_paranoia_level=4,\\
  setvar:tx.crs_validate_utf8_encoding=1,setvar:tx.crs_xml_attr_inspect=1,\\
  setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\\
  setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535"
`;

/** A running engine process, started through its fixed door in detection mode, and the file it records matches in. */
export class EngineUnderTest {
  readonly port: number;
  readonly audit: AuditTrail;
  readonly #child: Child;
  readonly #folder: string;

  private constructor(child: Child, folder: string, port: number, audit: AuditTrail) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
    this.audit = audit;
  }

  /** Starts it in front of an origin. Rejects with the engine's own words when it can't use the rules. */
  static async start(crs: CrsFiles, originPort: number): Promise<EngineUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'phalanx-conformance-'));
    const setup = join(folder, 'test-setup.conf');
    const auditFile = join(folder, 'audit.ndjson');
    writeFileSync(setup, TEST_SETUP);
    writeFileSync(auditFile, '');
    const rules = [crs.setup, setup, ...crs.before, ...crs.rules, ...crs.after].flatMap((file) => ['--rules', file]);
    const door = ['--listen', '127.0.0.1:0', '--upstream', `http://127.0.0.1:${originPort}`, '--mode', 'detection', '--workers', '1'];
    const child = new Child({
      command: process.execPath,
      args: [builtProgram('agents/engine/dist/main.js'), ...door, ...rules, '--audit', auditFile, '--audit-header', MARKER_HEADER],
    });
    try {
      const [, port] = await child.line(/^listening on 127\.0\.0\.1:(\d+)$/m, START_DEADLINE_MS);
      return new EngineUnderTest(child, folder, Number(port), new AuditTrail(auditFile));
    } catch (error) {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get isRunning(): boolean {
    return this.#child.running;
  }

  /** Its last words. */
  output(): string {
    return this.#child.output();
  }

  async stop(): Promise<void> {
    await this.#child.stop();
    this.audit.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
