// Joins each connection to one place with one to another place, bytes delayed. Argument: `RelayOptions` as JSON.
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import type { RelayOptions, RelayPlace } from '../relay-options.js';

const { listen, target, delayMs = 0 } = JSON.parse(process.argv[2] ?? '') as RelayOptions;
const optionsOf = (place: RelayPlace) => ('path' in place ? { path: place.path } : { host: place.address, port: place.port });
const later = (action: () => void) => (delayMs === 0 ? action() : setTimeout(action, delayMs));

function pass(from: Socket, to: Socket): void {
  from.on('data', (bytes) => {
    later(() => {
      if (!to.write(bytes)) from.pause();
    });
  });
  to.on('drain', () => from.resume());
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => later(() => to.destroy()));
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = connect({ ...optionsOf(target), allowHalfOpen: true, noDelay: true });
  pass(near, far);
  pass(far, near);
});
if ('path' in listen) rmSync(listen.path, { force: true });
server.on('error', (error) => {
  console.error(`relay: ${error.message}`);
  process.exit(1);
});
server.listen(optionsOf(listen), () => console.log('relay listening'));
process.on('SIGTERM', () => process.exit(0));
