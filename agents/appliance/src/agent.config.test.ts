import { describe, expect, it } from '@jest/globals';
import { readAgentConfig } from './agent.config.js';

const fingerprint = 'AB:'.repeat(31) + 'AB';
const claimed = ['--home', '/box', '--claim', 'pxc_x', '--enrol-url', 'https://controller:8443', '--ca-fingerprint', fingerprint];

describe('the agent’s configuration', () => {
  it('comes from the command line, else from the environment', () => {
    const fromFlags = readAgentConfig(claimed, { PHALANX_BOX_HOME: '/other' });
    expect(fromFlags).toEqual({
      home: '/box',
      ownsNetwork: false,
      isSeparate: true,
      logLevel: 'info',
      claim: { claim: 'pxc_x', enrolmentUrl: 'https://controller:8443', caFingerprint: 'ab'.repeat(32) },
    });
    const environment = {
      PHALANX_BOX_HOME: '/box',
      PHALANX_CLAIM: 'pxc_x',
      PHALANX_ENROL_URL: 'https://controller:8443',
      PHALANX_CA_FINGERPRINT: 'ab'.repeat(32),
    };
    expect(readAgentConfig([], environment)).toEqual(fromFlags);
    expect(readAgentConfig(['--home', 'box', '--network', 'own'], { PHALANX_NETWORK: 'foreign' }).ownsNetwork).toBe(true);
    expect(readAgentConfig(['--home', 'box'], { PHALANX_CLAIM: '' }).claim).toBeNull();
  });

  it('is refused with everything that is wrong, and how it is done', () => {
    const refused = (args: readonly string[]) => {
      try {
        return readAgentConfig(args, {});
      } catch (error) {
        return error as Error;
      }
    };
    expect(refused([])).toMatchObject({
      kind: 'invalid',
      code: 'cli.usage',
      message: expect.stringMatching(/--home is missing[\s\S]*usage: agent/),
    });
    expect(refused(['--home', 'x', '--claim', 'c', '--enrol-url', 'http://x', '--ca-fingerprint', 'zz'])).toMatchObject({
      message: expect.stringMatching(/https address[\s\S]*SHA-256/),
    });
    expect(refused(['--home', 'x', '--unknown'])).toMatchObject({ code: 'cli.usage' });
    expect(refused(['--home', 'x', '--network', 'mine'])).toMatchObject({ message: expect.stringContaining('--network') });
    expect(refused(['--home', 'x', '--log-level', 'loud'])).toMatchObject({ message: expect.stringContaining('--log-level') });
  });
});
