import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '../../platform/api/session.js';
import { visibleSections } from './sections.js';

/** The bare address of the administration leads to the first part that the caller may see. */
export function AdministrationHome(): ReactNode {
  const [first] = visibleSections(useSession().permissions);
  return first ? <Navigate to={first.to} replace /> : null;
}
