-- The catalogue: every material in every kind, 120 products. For SQLite and PostgreSQL alike; "where true" tells SQLite
-- that "on" begins no join.
with
  material (m, material, factor) as (
    values (0, 'Oak', 1.4), (1, 'Walnut', 1.9), (2, 'Steel', 1.2), (3, 'Linen', 1.0), (4, 'Wool', 1.3),
           (5, 'Glass', 1.1), (6, 'Copper', 1.7), (7, 'Cork', 0.8), (8, 'Slate', 1.2), (9, 'Bamboo', 0.9)
  ),
  kind (k, kind, category, price_cents) as (
    values (1, 'Desk', 'office', 28900), (2, 'Lamp', 'office', 7900), (3, 'Tray', 'kitchen', 2450),
           (4, 'Bowl', 'kitchen', 1890), (5, 'Shelf', 'living', 11900), (6, 'Stool', 'living', 8900),
           (7, 'Clock', 'living', 5900), (8, 'Vase', 'living', 3490), (9, 'Mat', 'kitchen', 1590),
           (10, 'Box', 'office', 2190), (11, 'Frame', 'living', 2790), (12, 'Bench', 'garden', 19900)
  )
insert into product (id, name, category, price_cents)
select m * 12 + k, material || ' ' || kind, category, cast(round(price_cents * factor) as integer)
from material cross join kind where true
on conflict do nothing;
