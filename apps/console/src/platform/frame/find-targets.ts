import type { ApplianceView, ApplicationView } from '@phalanx/contracts';

export type TargetGroup = 'pages' | 'appliances' | 'applications';

/** One place that the palette can go to. */
export interface Target {
  readonly group: TargetGroup;
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  readonly href: string;
}

const MOST_OF_A_GROUP = 8;

/** Places whose name (or host) holds every word of the text, without case; at most eight of a kind. */
export function findTargets(
  text: string,
  pages: readonly Target[],
  appliances: readonly ApplianceView[],
  applications: readonly ApplicationView[],
): Target[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isFound = ({ label, detail }: Target) => words.every((word) => `${label} ${detail}`.toLowerCase().includes(word));
  const boxes = appliances.map(({ id, name, tags }): Target => ({
    group: 'appliances',
    key: id,
    label: name,
    detail: tags.join(' '),
    href: `/appliances/${id}`,
  }));
  const services = applications.map(({ id, name, hosts }): Target => ({
    group: 'applications',
    key: id,
    label: name,
    detail: hosts.join(' '),
    href: `/applications/${id}`,
  }));
  return [pages, boxes, services].flatMap((group) => group.filter(isFound).slice(0, MOST_OF_A_GROUP));
}
