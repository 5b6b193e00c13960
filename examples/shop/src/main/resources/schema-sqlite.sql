create table if not exists product (
  id          integer primary key,
  name        text    not null,
  category    text    not null,
  price_cents integer not null
);

create table if not exists customer_order (
  id          integer primary key,
  email       text    not null,
  placed_at   text    not null,
  total_cents integer not null
);

create table if not exists order_line (
  order_id    integer not null references customer_order (id),
  product_id  integer not null references product (id),
  quantity    integer not null,
  price_cents integer not null
);

-- An order is shown with its lines.
create index if not exists order_line_by_order on order_line (order_id);

create table if not exists cart_item (
  cart        text    not null,
  product_id  integer not null references product (id),
  primary key (cart, product_id)
) without rowid;
