// The sample shop as a process: `node shop/main.js <port> [address]`.
import { createShop } from './shop-server.js';

const server = createShop();
const host = process.argv[3] ?? '127.0.0.1';
server.listen(Number(process.argv[2] ?? 0), host, () => {
  const address = server.address();
  console.log(`shop listening on ${host}:${typeof address === 'object' && address ? address.port : ''}`);
});
process.once('SIGTERM', () => process.exit(0));
