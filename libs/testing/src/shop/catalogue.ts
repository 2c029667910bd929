export interface Product {
  readonly id: number;
  readonly name: string;
  readonly nameKo: string;
  readonly price: number;
}

/** What the sample shop sells. Fixed, so that every answer can be compared byte for byte. */
export const CATALOGUE: readonly Product[] = [
  { id: 1, name: 'Celadon teapot', nameKo: '청자 주전자', price: 48_000 },
  { id: 2, name: 'Brass spoon set', nameKo: '유기 수저 세트', price: 32_000 },
  { id: 3, name: 'Hanji notebook', nameKo: '한지 공책', price: 9_000 },
  { id: 4, name: 'Bamboo tray', nameKo: '대나무 쟁반', price: 21_000 },
  { id: 5, name: 'Linen apron', nameKo: '린넨 앞치마', price: 27_000 },
  { id: 6, name: 'Walnut chopping board', nameKo: '호두나무 도마', price: 39_000 },
];
