/** The fleet page. */
export const fleet = {
  fleet: {
    unread: 'The appliances could not be read',
    sentence: {
      none: 'There is no appliance yet.',
      attention_one: '{{count}} of {{total}} appliances needs attention:',
      attention_other: '{{count}} of {{total}} appliances need attention:',
      good_one: '{{count}} of {{total}} appliances runs exactly what it should.',
      good_other: '{{count}} of {{total}} appliances run exactly what they should.',
      pending_one: '{{count}} is on its way.',
      pending_other: '{{count}} are on their way.',
      more_one: 'and {{count}} more',
      more_other: 'and {{count}} more',
      cut: 'Only the first appliances were counted.',
    },
    counts: 'Appliances by state',
    all: 'All',
    filter: { label: 'Filter of appliances', text: 'Name ( / )', site: 'Site', tag: 'Tag, e.g. tier=gold' },
    table: 'Appliances',
    column: {
      name: 'Appliance',
      tenant: 'Tenant',
      site: 'Site',
      status: 'Status',
      why: 'Why',
      engine: 'Engine',
      rate: 'Requests',
      seen: 'Last seen',
    },
    neverSeen: 'never',
    empty: {
      filtered: 'No appliance matches the filter',
      filteredNext: 'Clear a part of the filter to see more.',
      none: 'There is no appliance yet',
      noneNext: 'Create a site, a cluster and an appliance by REST or phalanxctl; then give the box a one-time claim on its page here.',
    },
  },
} as const;
