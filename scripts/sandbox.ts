/** What `make seed` makes: sandbox logins and one restaurant. */
export const PASSWORD = 'restofy-demo'

export const DINER = { name: 'Dana Diner', email: 'diner@restofy.test', role: 'customer' } as const
export const OWNER = {
  name: 'Olga Owner',
  email: 'owner@restofy.test',
  role: 'restaurant',
} as const
export const ADMIN = { name: 'Ada Admin', email: 'admin@restofy.test', role: 'admin' } as const

export const RESTAURANT = {
  name: 'Trattoria Restofy',
  cuisine: 'Italian',
  address: 'Via del Saggio 1',
}

/** Only the tiramisù can run out. */
export const MENU = [
  { name: 'Margherita', price: 9.5, description: 'Tomato, mozzarella, basil' },
  { name: 'Quattro Formaggi', price: 12.5, description: 'Four cheeses' },
  { name: 'Penne Arrabbiata', price: 10.9 },
  { name: 'Insalata Mista', price: 6.5 },
  { name: 'Tiramisù', price: 5.9, stock: 100 },
]
