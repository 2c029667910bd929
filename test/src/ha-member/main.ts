// A member of a pair without a controller: the agent's `ha` feature, told what to do by lines on a socket, `<home>/member.sock`.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { BoxHome, startHa } from '@phalanx/appliance';
import { messageOf, nodeDisk, silentLogger } from '@phalanx/kit';

interface Order {
  readonly id: number;
  readonly op: 'inability' | 'check' | 'apply' | 'verify' | 'observe' | 'remove';
  /** The facet's document; what stood before, for `remove`. */
  readonly ha: unknown;
}

const { values } = parseArgs({
  options: { home: { type: 'string' }, appliance: { type: 'string' }, tenant: { type: 'string' } },
});
const { home, appliance: applianceId, tenant: tenantId } = values;
if (!home || !applianceId || !tenantId) throw new Error('usage: ha-member --home DIR --appliance ID --tenant ID');

const box = { applianceId, tenantId };
const feature = startHa({ home: new BoxHome(home), disk: nodeDisk, logger: silentLogger }, { box, onChange: () => undefined });

async function obey({ op, ha }: Order): Promise<unknown> {
  const { driver } = feature;
  const content = Buffer.from(JSON.stringify(ha));
  switch (op) {
    case 'inability':
      return driver.inability();
    case 'check':
      return driver.check(content);
    case 'apply':
      return driver.apply(content, null);
    case 'verify':
      return driver.verify(content);
    case 'observe':
      return driver.observe(ha === null ? null : content);
    case 'remove':
      return driver.apply(null, content);
  }
}

const socketPath = join(home, 'member.sock');
rmSync(socketPath, { force: true });
createServer((socket) => {
  createInterface({ input: socket }).on('line', (line) => {
    const order = JSON.parse(line) as Order;
    const answer = (body: object) => socket.write(`${JSON.stringify({ id: order.id, ...body })}\n`);
    obey(order).then(
      (value) => answer({ value: value ?? null }),
      (error: unknown) => answer({ error: messageOf(error) }),
    );
  });
}).listen(socketPath, () => console.log('member ready'));
