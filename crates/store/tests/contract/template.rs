use domain::kind::MessageKind;
use domain::template::{Template, TemplateStatus};
use store::template::*;

use crate::world::*;

fn a_template(name: &str, language: &str) -> Template {
    Template {
        name: name.into(),
        language: language.into(),
        kind: MessageKind::Marketing,
        status: TemplateStatus::Approved,
        body: "Hi {{1}}".into(),
        footer: None,
        buttons: vec![],
    }
}

contract! {
    async fn templates_come_back_as_they_were(db: &Db) {
        use TemplateStatus::{Approved, Disabled, Other, Paused, Pending, Rejected};
        let world = World::new(db).await;
        let mut all = Vec::new();
        for (n, status) in [Approved, Pending, Rejected, Paused, Disabled, Other].into_iter().enumerate() {
            all.push(Template {
                status,
                kind: MessageKind::ALL[n % 5],
                body: if n == 0 { long() } else { NASTY.into() },
                footer: (n % 2 == 0).then(|| NASTY.into()),
                buttons: vec![NASTY.into(); n],
                ..a_template(&format!("t{n}"), "pt_BR")
            });
        }
        commit!(db, tx => for template in &all {
            upsert_template(tx, world.business, template, at(0)).await.unwrap();
        });
        read!(db, tx => {
            assert_eq!(list_templates(tx, world.business).await.unwrap(), all);
            assert_eq!(find_template(tx, world.business, "t3", "pt_BR").await.unwrap().as_ref(), Some(&all[3]));
            assert_eq!(find_template(tx, world.business, "t3", "en").await.unwrap(), None);
            assert_eq!(find_template(tx, world.other, "t3", "pt_BR").await.unwrap(), None);
            assert_eq!(list_templates(tx, world.other).await.unwrap(), []);
        });
    }

    async fn a_template_is_replaced_in_its_language_only(db: &Db) {
        let world = World::new(db).await;
        let (en, pt) = (a_template("sale", "en"), a_template("sale", "pt_BR"));
        let newer = Template {
            body: "Hello".into(),
            footer: Some("Bye".into()),
            buttons: vec!["Stop".into()],
            kind: MessageKind::Utility,
            ..en.clone()
        };
        commit!(db, tx => for template in [&pt, &en, &newer] {
            upsert_template(tx, world.business, template, at(0)).await.unwrap();
        });
        assert_eq!(read!(db, tx => list_templates(tx, world.business).await.unwrap()), [newer, pt]);
    }

    async fn a_report_changes_what_it_names_and_makes_nothing_up(db: &Db) {
        let world = World::new(db).await;
        let template = a_template("sale", "en");
        commit!(db, tx => {
            upsert_template(tx, world.business, &template, at(0)).await.unwrap();
            upsert_template(tx, world.other, &template, at(0)).await.unwrap();
            change_template(tx, world.business, "sale", "en", None, None, at(1)).await.unwrap();
            change_template(tx, world.business, "sale", "pt_BR", Some(TemplateStatus::Paused), None, at(1)).await.unwrap();
        });
        assert_eq!(
            read!(db, tx => list_templates(tx, world.business).await.unwrap()),
            std::slice::from_ref(&template)
        );
        commit!(db, tx => {
            change_template(tx, world.business, "sale", "en", Some(TemplateStatus::Paused), None, at(2)).await.unwrap();
            change_template(tx, world.business, "sale", "en", None, Some(MessageKind::Utility), at(3)).await.unwrap();
        });
        let changed =
            Template { status: TemplateStatus::Paused, kind: MessageKind::Utility, ..template.clone() };
        read!(db, tx => {
            assert_eq!(list_templates(tx, world.business).await.unwrap(), [changed]);
            assert_eq!(list_templates(tx, world.other).await.unwrap(), [template]);
        });
    }
}
