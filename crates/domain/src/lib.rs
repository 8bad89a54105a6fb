#![doc = include_str!("../README.md")]

pub mod consent;
pub mod contact;
pub mod id;
pub mod inbound;
pub mod kind;
pub mod ledger;
pub mod limits;
pub mod live;
pub mod outbound;
pub mod permit;
pub mod phone;
pub mod role;
pub mod settings;
pub mod template;
pub mod time;
pub mod window;
