/// <reference lib="dom" />
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { ApplianceView, ClusterView, NetworkVersionView } from '@phalanx/contracts';
import { type ProvisionedBox, provisionBox, repositoryRoot } from '@phalanx/testing';
import type { Page } from 'playwright-core';
import { type E2eFixture, startFixture } from '../e2e/fixture.js';
import { ConsoleBrowser, signIn } from './console-browser.js';
import { auditPage } from './page-audit.js';

const CLEAN = { nameless: [], faint: [], untranslated: [], overflowPx: 0 };

describe('the console over packet filters', () => {
  let fixture: E2eFixture;
  let browser: ConsoleBrowser;
  let target: ProvisionedBox;

  async function open(
    path: string,
    language: 'en' | 'ko' = 'en',
  ): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
    const { page, context, complaints } = await browser.visit({ language });
    await signIn(page, fixture.stack.state.adminUser, fixture.stack.state.adminPassword, path);
    return { page, complaints, close: () => context.close() };
  }

  beforeAll(async () => {
    fixture = await startFixture({ consoleFolder: join(repositoryRoot, 'apps/console/dist/app') });
    target = await provisionBox(fixture.stack, fixture.api, { name: 'seoul', upstreamPort: fixture.shopPort, workers: 1 });
    browser = await ConsoleBrowser.open(fixture.stack.controllerUrl);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await fixture?.stop();
  }, 60_000);

  it('begins with the defaults, takes a rule, shows its effect, and saves it', async () => {
    const { clusterId } = target.appliance;
    const { page, complaints, close } = await open(`/network/${clusterId}`);
    await page.getByRole('button', { name: 'Begin with the defaults' }).click();
    await page.getByRole('button', { name: 'Add a group' }).click();
    await page.getByRole('textbox', { name: 'Name of the object' }).first().fill('offices');
    await page.getByRole('combobox', { name: 'Addresses of offices' }).fill('192.0.2.0/24');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add a rule…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Offices may pass');
    await dialog.getByText('Accept', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('table', { name: 'Firewall rules' }).getByText('Offices may pass').waitFor();
    await page.getByRole('button', { name: 'Preview and save…' }).click();
    await page.getByText('1 box changes').waitFor();
    expect(await auditPage(page)).toMatchObject(CLEAN);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Version 1 by').waitFor();
    expect(await page.getByRole('button', { name: 'Preview and save…' }).isDisabled()).toBe(true);
    const saved = await fixture.api.get<NetworkVersionView>(`/api/v1/clusters/${clusterId}/network`);
    expect(saved.policy.rules.map(({ name, action }) => [name, action])).toEqual([['Offices may pass', 'accept']]);
    expect(saved.policy.addressGroups).toEqual([{ name: 'offices', addresses: ['192.0.2.0/24'] }]);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('shows what is wrong before anything is saved, and the way back to an old version', async () => {
    const { clusterId } = target.appliance;
    const { page, complaints, close } = await open(`/network/${clusterId}`);
    await page.getByRole('button', { name: 'Offices may pass', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Source' }).fill('192.0.2.300');
    await page.keyboard.press('Enter');
    await dialog.getByText('192.0.2.300 is neither an address nor a group').waitFor();
    expect(await dialog.getByRole('button', { name: 'Keep' }).isDisabled()).toBe(true);
    await page.keyboard.press('Backspace');
    await dialog.getByRole('combobox', { name: 'Source' }).fill('offices');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('button', { name: 'Preview and save…' }).click();
    await dialog.getByRole('table', { name: 'Changes' }).getByText('source').first().waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Version 2 by').waitFor();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Revert' }).click();
    await dialog.getByRole('table', { name: 'Changes' }).waitFor();
    await dialog.getByRole('button', { name: 'Revert' }).click();
    await page.getByText('Version 3 by').waitFor();
    const saved = await fixture.api.get<NetworkVersionView>(`/api/v1/clusters/${clusterId}/network`);
    expect(saved.policy.rules[0]!.source).toEqual({ groups: [], addresses: [] });
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('speaks Korean and stays whole on a narrow screen', async () => {
    const { page, complaints, close } = await open(`/network/${target.appliance.clusterId}`, 'ko');
    await page.getByRole('heading', { name: '방화벽 규칙' }).waitFor();
    expect(await auditPage(page)).toMatchObject({ ...CLEAN, language: 'ko' });
    await page.setViewportSize({ width: 700, height: 900 });
    expect((await auditPage(page)).overflowPx).toBe(0);
    await page.goto('/network');
    await page.getByRole('table', { name: '네트워크' }).getByText('규칙 1개, 버전 3').waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('blocks pasted addresses, and says of each box whether its kernel holds them', async () => {
    const { page, complaints, close } = await open('/blocks');
    await page.getByText('No address is blocked').waitFor();
    await page.getByRole('button', { name: 'Block addresses' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Addresses or networks' }).fill('192.0.2.7 # seen twice\n2001:db8:7::/48, 198.51.100.999');
    await dialog.getByText('1 word is no address: 198.51.100.999').waitFor();
    await dialog.getByRole('textbox', { name: 'Addresses or networks' }).fill('192.0.2.7 # seen twice\n2001:db8:7::/48');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('credential stuffing');
    await dialog.getByRole('button', { name: 'Block addresses' }).click();
    const table = page.getByRole('table', { name: 'By operators' });
    await table.getByText('2001:db8:7::/48').waitFor();
    await page.getByPlaceholder('Address or its beginning ( / )').fill('2001:db8:7::9');
    await table.getByText('192.0.2.7').waitFor({ state: 'detached' });
    await table.getByRole('button', { name: 'Proof for 2001:db8:7::/48' }).click();
    await dialog.getByRole('table').getByText('Can’t').waitFor();
    expect(await auditPage(page)).toMatchObject(CLEAN);
    await page.keyboard.press('Escape');
    await table.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No block fits this address').waitFor();
    await page.getByRole('tab', { name: 'By boxes themselves' }).click();
    await page.getByText('No box blocks an address by its own judgement').waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('draws a pair and says what is not known of it', async () => {
    const { api } = fixture;
    const { siteId, tenantId } = target.appliance;
    const cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId, name: 'busan', kind: 'pair' });
    const members: ApplianceView[] = [];
    for (const name of ['busan-a', 'busan-b'])
      members.push(await api.post<ApplianceView>('/api/v1/appliances', { clusterId: cluster.id, name, listenAddresses: ['192.0.2.1'] }));
    expect(tenantId).toBe(members[0]!.tenantId);
    const { page, complaints, close } = await open(`/pairs/${cluster.id}`);
    await page.getByText('This cluster is not paired').waitFor();
    const pairing = {
      settings: {
        vrid: 17,
        virtualAddresses: [{ address: '192.0.2.10/24', interface: 'eth0' }],
        advertMs: 100,
        transport: 'unicast',
        preempt: false,
        track: { intervalMs: 500, fall: 2, rise: 2 },
        syncPort: null,
      },
      members: members.map(({ id }, index) => ({
        applianceId: id,
        interface: 'eth0',
        address: `192.0.2.${index + 2}`,
        priority: 150 - index * 50,
      })),
    };
    await api.ok('PUT', `/api/v1/clusters/${cluster.id}/ha`, pairing, { 'if-match': '"0"' });
    await page.getByRole('region', { name: 'busan-a' }).getByText('Priority 150').waitFor();
    await page.getByRole('region', { name: 'busan-b' }).getByText('no virtual address').waitFor();
    await page
      .getByText('Nothing has happened to this pair yet')
      .or(page.getByRole('table', { name: 'What happened' }))
      .first()
      .waitFor();
    expect(await auditPage(page)).toMatchObject(CLEAN);
    await page.getByRole('button', { name: 'Failover and maintenance' }).click();
    await page.getByRole('menuitem', { name: 'Fail over to the other member…' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Do it' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('a trial');
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await dialog.getByText('The pair was not told').waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);
});
