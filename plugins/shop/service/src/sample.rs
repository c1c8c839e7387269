//! Whom the shop sells to, and what.

use serde::Serialize;

const FIRST_NAMES: [&str; 25] = [
    "Anna",
    "Björn",
    "Chiara",
    "Daniel",
    "Elif",
    "François",
    "Greta",
    "Hanna",
    "Ivan",
    "Jürgen",
    "Karin",
    "Li",
    "Mateo",
    "Nora",
    "Oskar",
    "Paula",
    "Quentin",
    "Rosa",
    "Selma",
    "Tomáš",
    "Uwe",
    "Vera",
    "Wanda",
    "Zoë",
    "Ольга",
];
const LAST_NAMES: [&str; 10] =
    ["Adams", "Baker", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Horváth", "Ivanova", "Jansen"];
const CITIES: [&str; 7] = ["Athens", "Bremen", "Cork", "Dresden", "Évora", "Florence", "Kazan"];
const THINGS: [&str; 10] = ["Teapot", "Cup", "Plate", "Bowl", "Jug", "Vase", "Lamp", "Candle", "Tray", "Basket"];
const COLOURS: [&str; 3] = ["white", "blue", "green"];

/// Somebody who may order.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Customer {
    pub id: String,
    pub name: String,
    pub city: String,
}

/// Something that may be ordered.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Article {
    pub sku: String,
    pub title: String,
    pub price: String,
}

/// 250 customers, with the numbers from 1.
pub(crate) fn customers() -> Vec<Customer> {
    let names = FIRST_NAMES.iter().flat_map(|first| LAST_NAMES.iter().map(move |last| format!("{first} {last}")));
    let customer = |(place, name): (usize, String)| Customer {
        id: (place + 1).to_string(),
        name,
        city: CITIES[place % 7].to_owned(),
    };
    names.enumerate().map(customer).collect()
}

/// 30 articles, with the numbers from A-101.
pub(crate) fn goods() -> Vec<Article> {
    let titles = THINGS.iter().flat_map(|thing| COLOURS.iter().map(move |colour| format!("{thing}, {colour}")));
    let article = |(place, title): (usize, String)| {
        let cents = 1250 + 175 * place;
        Article { sku: format!("A-{}", 101 + place), title, price: format!("{}.{:02}", cents / 100, cents % 100) }
    };
    titles.enumerate().map(article).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_250_customers_and_30_articles_of_different_names() {
        let (customers, goods) = (customers(), goods());
        let mut names: Vec<_> = customers.iter().map(|it| &it.name).chain(goods.iter().map(|it| &it.title)).collect();
        names.sort();
        names.dedup();
        assert_eq!((customers.len(), goods.len(), names.len()), (250, 30, 280));
        assert_eq!((customers[1].id.as_str(), customers[1].name.as_str()), ("2", "Anna Baker"));
        assert_eq!((goods[0].sku.as_str(), goods[0].price.as_str()), ("A-101", "12.50"));
    }
}
