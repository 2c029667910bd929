// The sample shop as a process: `node shop/main.js <port>`.
import { createShop } from './shop-server.js';

const server = createShop();
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  console.log(`shop listening on 127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`);
});
process.once('SIGTERM', () => process.exit(0));
