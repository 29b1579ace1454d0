// One scenario after the other with the Rust client. What it saw goes out as lines `name value value ...`; at `wait NAME`
// the tests change the simulator's market and answer with a line.

use std::io::BufRead;
use std::time::Duration;

use ibapi::accounts::types::{AccountGroup, AccountId};
use ibapi::accounts::{AccountSummaryResult, PositionUpdate};
use ibapi::client::blocking::{Client, Subscription};
use ibapi::market_data::historical::ToDuration;
use ibapi::orders::{order_builder, CancelOrder, ExecutionFilter, Executions, Orders, PlaceOrder};
use ibapi::prelude::*;
use ibapi::subscriptions::SubscriptionItem;

const LONG: Duration = Duration::from_secs(20);

fn wait(name: &str) {
    println!("wait {name}");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).expect("the tests are gone");
}

fn follow(name: &str, events: &Subscription<PlaceOrder>, until: &str) {
    while let Some(event) = events.next_timeout(LONG) {
        match event {
            Ok(SubscriptionItem::Data(PlaceOrder::OpenOrder(o))) => {
                println!("{name} open {} {} {} {} {}", o.order_id, o.contract.contract_id, o.order.action, o.order.total_quantity, o.order.order_type)
            }
            Ok(SubscriptionItem::Data(PlaceOrder::OrderStatus(s))) => {
                println!("{name} status {} {} {} {:?}", s.status, s.filled, s.remaining, s.average_fill_price);
                if s.status.to_string() == until && until != "Filled" {
                    return;
                }
            }
            Ok(SubscriptionItem::Data(PlaceOrder::ExecutionData(e))) => {
                println!("{name} execution {:?} {} {}", e.execution.side, e.execution.shares, e.execution.price)
            }
            Ok(SubscriptionItem::Data(PlaceOrder::CommissionReport(c))) => {
                println!("{name} commission {} {} {:?}", c.commission, c.currency, c.realized_pnl);
                if until == "Filled" {
                    return;
                }
            }
            Ok(SubscriptionItem::Notice(n)) => {
                println!("{name} notice {}", n.code);
                if n.code == 202 && until == "Cancelled" {
                    return;
                }
            }
            Err(e) => {
                println!("{name} error {e}");
                return;
            }
        }
    }
    println!("{name} silence");
}

fn account(client: &Client) {
    println!("connect {} {} {:?}", client.server_version(), client.next_order_id(), client.managed_accounts().unwrap());
    println!("time {}", client.server_time().unwrap().unix_timestamp());
    println!("millis {}", client.server_time_millis().unwrap().unix_timestamp());
    let summary = client.account_summary(&AccountGroup("All".into()), &["NetLiquidation", "BuyingPower"]).unwrap();
    for item in summary.timeout_iter_data(LONG) {
        match item.unwrap() {
            AccountSummaryResult::Summary(s) => println!("summary {} {} {} {}", s.account, s.tag, s.value, s.currency),
            AccountSummaryResult::End => break,
        }
    }
    drop(summary);
    println!("families {}", client.family_codes().unwrap().len());
    let pnl = client.pnl(&AccountId("DU1234567".into()), None).unwrap();
    println!("pnl {:?}", pnl.next_timeout(LONG).unwrap().unwrap());
}

fn positions(client: &Client) {
    wait("position");
    let positions = client.positions().unwrap();
    for item in positions.timeout_iter_data(LONG) {
        match item.unwrap() {
            PositionUpdate::Position(p) => println!("position {} {} {} {}", p.account, p.contract.contract_id, p.position, p.average_cost),
            PositionUpdate::PositionEnd => break,
        }
    }
}

fn contracts(client: &Client) {
    for d in client.contract_details(&Contract::stock("AAPL").build()).unwrap() {
        println!("details {} {} {} {}", d.contract.contract_id, d.contract.symbol, d.min_tick, d.long_name);
    }
    println!("unknown {}", client.contract_details(&Contract::stock("NOSUCH").build()).unwrap_err());
    for m in client.matching_symbols("GOO").unwrap() {
        println!("match {} {}", m.contract.symbol, m.contract.primary_exchange);
    }
    println!("rule {:?}", client.market_rule(26).unwrap().price_increments.len());
    let chain = client.option_chain("SPY", SecurityType::Stock, 756733).subscribe().unwrap();
    let first = chain.next_data().unwrap().unwrap();
    println!("chain {} {} {}", first.exchange, first.trading_class, first.strikes.len() > 10);
}

fn data(client: &Client) {
    let apple = Contract::stock("AAPL").build();
    let spy = Contract::stock("SPY").build();
    let ticks = client.market_data(&apple).snapshot_once(LONG).unwrap();
    let quote = ibapi::market_data::realtime::Quote::from_ticks(&ticks);
    println!("snapshot {:?} {:?}", quote.bid, quote.ask);
    let stream = client.tick_by_tick(&apple, 0).bid_ask(ibapi::market_data::IgnoreSize::No).unwrap();
    let tick = stream.next_data().unwrap().unwrap();
    println!("tick {} {}", tick.bid_price, tick.ask_price);
    drop(stream);
    let bars = client.historical_data(&spy, HistoricalBarSize::Hour).what_to_show(HistoricalWhatToShow::Trades).duration(2.days()).fetch().unwrap();
    println!("bars {} {} {}", bars.bars.len(), bars.start, bars.end);
    let days = client.historical_data(&spy, HistoricalBarSize::Day).what_to_show(HistoricalWhatToShow::Trades).duration(5.days()).fetch().unwrap();
    println!("days {}", days.bars.len());
    let head = client.head_timestamp(&spy, HistoricalWhatToShow::Trades, TradingHours::Regular).unwrap();
    println!("head {}", head.unix_timestamp());
    let schedule = client.historical_schedules(&spy, 2.days()).fetch().unwrap();
    println!("schedule {}", schedule.sessions.len());
    println!("histogram {}", !client.histogram_data(&spy, TradingHours::Regular, HistoricalBarSize::Week).unwrap().is_empty());
}

fn trades(client: &Client) {
    let apple = Contract::stock("AAPL").build();
    let id = client.next_order_id();
    let bought = client.place_order(id, &apple, &order_builder::market_order(Action::Buy, 100.0)).unwrap();
    follow("market", &bought, "Filled");
    let id = client.next_order_id();
    let resting = client.place_order(id, &apple, &order_builder::limit_order(Action::Buy, 100.0, 99.5)).unwrap();
    follow("limit", &resting, "Submitted");
    wait("fall");
    follow("limit", &resting, "Filled");
    let id = client.next_order_id();
    let doomed = client.place_order(id, &apple, &order_builder::limit_order(Action::Buy, 100.0, 50.0)).unwrap();
    follow("doomed", &doomed, "Submitted");
    drop(doomed); // the cancellation's own subscription hears the rest
    for item in client.cancel_order(id, "").unwrap().timeout_iter(LONG) {
        match item.unwrap() {
            SubscriptionItem::Data(CancelOrder::OrderStatus(s)) => println!("doomed status {}", s.status),
            SubscriptionItem::Notice(n) => {
                println!("doomed notice {}", n.code);
                break;
            }
        }
    }
    let id = client.next_order_id();
    let wrong = client.place_order(id, &Contract::stock("NOSUCH").build(), &order_builder::market_order(Action::Buy, 1.0)).unwrap();
    follow("wrong", &wrong, "never");
    let stop = client.order(&apple).sell(100).stop(90.0).submit().unwrap();
    println!("stop {}", stop.value() > 0);
    let bracket = client.order(&apple).buy(100).bracket().entry_limit(95.0).take_profit(120.0).stop_loss(80.0).submit_all();
    println!("bracket {}", bracket.is_ok());
}

fn lists(client: &Client) {
    wait("settled");
    for item in client.all_open_orders().unwrap().timeout_iter_data(LONG) {
        if let Orders::OrderData(o) = item.unwrap() {
            println!("listed {} {} {}", o.order.action, o.order.order_type, o.order.client_id);
        }
    }
    client.global_cancel().unwrap();
    wait("cancelled");
    for item in client.completed_orders(false).unwrap().timeout_iter_data(LONG) {
        if let Orders::OrderData(o) = item.unwrap() {
            println!("completed {} {} {:?}", o.order.action, o.order_state.status, o.order.filled_quantity);
        }
    }
    for item in client.executions(ExecutionFilter::default()).unwrap().timeout_iter_data(LONG) {
        match item.unwrap() {
            Executions::ExecutionData(e) => println!("executed {} {}", e.execution.shares, e.execution.price),
            Executions::CommissionReport(c) => println!("charged {}", c.commission),
        }
    }
}

fn main() {
    let address = std::env::args().nth(1).expect("an address");
    let client = Client::connect(&address, 7).expect("connect");
    account(&client);
    positions(&client);
    contracts(&client);
    data(&client);
    trades(&client);
    lists(&client);
    println!("done");
}
