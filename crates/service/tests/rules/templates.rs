//! New templates (R41).

use domain::kind::MessageKind;
use domain::role::Role;
use domain::template::{NewTemplate, NewTemplateField, NewTemplateProblem, TemplateStatus};
use service::Error;
use service::templates::{NotCreated, create, list};

use crate::shop::Shop;

fn news() -> NewTemplate {
    NewTemplate {
        name: "autumn_news".into(),
        language: "en".into(),
        kind: MessageKind::Marketing,
        body: "Padaria has new bread, {{1}}. Come by!".into(),
        samples: vec!["Ana".into()],
        footer: "Reply STOP to unsubscribe".into(),
        buttons: vec!["Stop promotions".into()],
    }
}

async fn status(shop: &Shop) -> Option<TemplateStatus> {
    let templates = list(shop.service(), &shop.owner).await.unwrap();
    templates.into_iter().find(|template| template.name == "autumn_news").map(|template| template.status)
}

rules! {
    async fn a_new_template_is_handed_in_reviewed_and_can_be_sent(shop) {
        create(shop.service(), &shop.owner, news()).await.unwrap();
        shop.emulator.idle().await;
        assert_eq!(status(shop).await, Some(TemplateStatus::Approved), "the review is heard of by webhook");
        let templates = list(shop.service(), &shop.owner).await.unwrap();
        let template = templates.iter().find(|template| template.name == "autumn_news").unwrap();
        assert_eq!(template.variables(), ["1"]);
        assert_eq!(template.buttons, ["Stop promotions"]);
        assert_eq!(template.footer.as_deref(), Some("Reply STOP to unsubscribe"));
        match create(shop.service(), &shop.owner, news()).await {
            Err(NotCreated::Refused(code)) => assert!(code > 0),
            other => panic!("there is one of this name already, but {other:?}"),
        }
    }

    async fn r41_a_marketing_template_without_a_way_out_is_not_handed_in(shop) {
        let without = NewTemplate { footer: String::new(), buttons: vec![], ..news() };
        match create(shop.service(), &shop.owner, without).await {
            Err(NotCreated::Problems(problems)) => {
                assert_eq!(problems, [(NewTemplateField::Footer, NewTemplateProblem::NoWayOut)]);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(status(shop).await, None);
    }

    async fn only_who_runs_campaigns_makes_templates(shop) {
        for role in [Role::Agent, Role::Viewer] {
            let refused = create(shop.service(), &shop.someone(role), news()).await;
            assert!(matches!(refused, Err(NotCreated::Other(Error::Forbidden(_)))));
        }
    }
}
