//! Redmine, an issue tracker, as a plugin: issues, what they may be set to, and a trigger for their
//! changes, over its REST API.

mod account;
mod find;
mod issue;
mod lists;
mod poll;
mod write;

use plugin_kit::Plugin;

plugin_kit::plugin! {
    /// Issues of a Redmine.
    pub static PLUGIN: Plugin = Plugin::new("redmine", "Redmine", "1.0.0", "Finds, creates and changes issues in a Redmine.", account::CONNECTION)
        .homepage("https://www.redmine.org/projects/redmine/wiki/Rest_api")
        .reason("To read and change the issues that the account may see.");
    check check_connection = account::check;
    actions {
        create_issue = write::CREATE,
        update_issue = write::UPDATE,
        get_issue = find::GET,
        find_issues = find::FIND,
        list_projects = lists::PROJECTS,
        list_trackers = lists::TRACKERS,
        list_statuses = lists::STATUSES,
        list_priorities = lists::PRIORITIES,
        list_members = lists::MEMBERS,
    }
    triggers {
        issue_updated = poll::UPDATED,
    }
}
