import type { ReactNode } from 'react';
export function AppliancePage(): ReactNode {
  return null;
}
