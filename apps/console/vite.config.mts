import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `vite` (development only) finds a running controller. */
const controller = process.env['PHALANX_CONTROLLER_URL'] ?? 'http://127.0.0.1:8480';

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist/app', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 700 },
  server: { proxy: { '/api': { target: controller, changeOrigin: true } } },
});
